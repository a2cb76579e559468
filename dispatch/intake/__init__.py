"""From signals to alarms to incidents, in the transaction of whoever brings them.

- `handling`           what ingest and supervision call
- `express`            the same in two statements, for alarms that nobody else touches meanwhile
- `deciding`           what a batch of signals changes (pure)
- `model`              what is known and written
- `helping_caregivers` a caregiver at work calls for help
- `store`              SQL
"""
