"""Reading a question without a model: its words, names, outlets, times and what kind of answer it asks for."""
