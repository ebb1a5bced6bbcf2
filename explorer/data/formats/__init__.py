"""One module for each format of data sets; explorer.data.specs lists them."""
