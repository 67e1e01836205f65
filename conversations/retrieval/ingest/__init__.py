"""Documents on their way into a collection: read in a process of their own, cut into passages, indexed, proved."""
