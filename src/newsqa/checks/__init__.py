"""What each check of a sentence against its quotes asks, a file each; `newsqa.support` asks them in turn."""
