"""What is wrong with a data set, found in its contents and in what was measured of its images; pure functions."""
