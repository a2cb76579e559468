"""How strictly a centre keeps the rules that are a matter of custom.

- `strictness` what may be chosen, and what it makes of a problem (pure)
- `changing`   the shell: reads and changes a centre's settings
- `store`      SQL
"""
