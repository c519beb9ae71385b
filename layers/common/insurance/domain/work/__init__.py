"""Work: the tasks that wait for the insurer's people."""
