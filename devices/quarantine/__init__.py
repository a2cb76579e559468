"""What could not be understood, or failed twice: kept with its bytes, and told of.

- `model`    bytes that are put aside (pure)
- `keeping`  puts them aside, and returns the signals that tell of it
- `store`    SQL
"""
