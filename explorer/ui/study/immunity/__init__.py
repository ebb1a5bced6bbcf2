"""The immunity map: its page, the forms that start one, and its section on the pages of runs."""
