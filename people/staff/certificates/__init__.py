"""Certificates of caregivers: which skill somebody may show on which days.

- `store`     rows, and what is written down of a change
- `changing`  add one, change its dates
"""
