"""Files to blocks of text. No Django: it runs in a child process that may die without anything else noticing."""
