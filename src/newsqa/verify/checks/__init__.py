"""The rules that compare a sentence with its quotes, one file each."""
