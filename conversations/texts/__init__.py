"""Natural language, without a model: words in the form in which they are compared, and sentences. No Django."""
