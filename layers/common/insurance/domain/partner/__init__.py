"""Partners and their registered applications: who may call, for whom, on which plan."""
