"""Revenue, retention, adoption, journey and service: canonical tables in, small frames out."""
