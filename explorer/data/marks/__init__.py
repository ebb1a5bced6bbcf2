"""What files of annotations say about images: boxes, keypoints and masks, for all formats that have such files."""
