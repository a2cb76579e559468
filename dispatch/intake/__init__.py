"""From signals to alarms to incidents, in the transaction of whoever brings them.

- `handling`           what ingest and supervision call
- `helping_caregivers` a caregiver at work calls for help
- `store`              SQL
"""
