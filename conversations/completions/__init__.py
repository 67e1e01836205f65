"""The chat-completions wire, without Django: what is sent, what is read, and how it fails."""
