"""Speed of training, side by side with two scripts that do without the app."""
