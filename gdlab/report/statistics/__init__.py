"""The statistics of a comparison: pure functions on arrays, without files, tables or pictures."""
