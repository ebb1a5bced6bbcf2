"""`python -m bench crowd`: many people move sliders at once, while a run trains beside."""
