"""The HTTP side of the edge: calls from the tables of the services, problems, the web app, the probes."""
