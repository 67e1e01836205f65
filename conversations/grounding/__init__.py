"""The engine: from a question and its sources to passages for the model, and from an answer to true citations."""
