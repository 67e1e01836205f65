"""Documents on their way into a collection: read in a process of their own, cut into passages, indexed, proved.

`queue` is the door: it keeps a file and lets it be read; `wake` and `keep_ingesting` are the loop that does.
"""
