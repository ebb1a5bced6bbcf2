"""The floor: one slider and one line of text, nothing imported. What Streamlit itself takes."""

import streamlit as st

value = st.slider("p", 0.0, 1.0, 0.5, 0.05)
st.write(f"value {value}")
