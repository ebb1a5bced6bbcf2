"""Decoded and resized images, kept in memory within a budget and in files beyond it; found by what they hold."""
