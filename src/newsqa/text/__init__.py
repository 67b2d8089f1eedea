"""Words, sentences, names, numbers and dates of a text, as every room reads them."""
