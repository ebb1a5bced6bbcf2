"""Runs as one HTML file that opens without a server, without the internet, and in many years."""
