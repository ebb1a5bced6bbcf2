"""Decoded images, kept in memory within a budget and in files beyond it, and found by a hash of their contents."""
