"""Weather observations of Seattle, cleaned and summed up by month."""
