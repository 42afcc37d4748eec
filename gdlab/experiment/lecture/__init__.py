"""The numbers of the lecture that gdlab implements, each obtained anew: Dillon 2019, "Deep Learning", topic 6."""
