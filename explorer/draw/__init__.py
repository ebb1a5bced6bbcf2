"""Drawing: what runs in processes of its own, so that nothing that is drawn can hurt the server."""
