"""The settings of a run in words: the titles, choices and defaults that its page, a comparison and a report show."""
