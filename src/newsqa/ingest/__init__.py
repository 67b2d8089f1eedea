"""From files, feeds and pages to stored articles and their vectors."""
