"""`newsqa bots`: for whoever looks after the bots, while they run."""
