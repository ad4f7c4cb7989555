"""Everything that knows HTTP: the application factory, the site, the API and the command line."""
