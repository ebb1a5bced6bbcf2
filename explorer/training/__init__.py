"""The child process that trains a run; torch and Lightning live in this room, and only here."""
