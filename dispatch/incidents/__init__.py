"""Incidents: from open to closed.

- `model`       what an incident is, and what an event may lead to
- `events`      what can happen to one
- `opening`     what an alarm opens (pure)
- `lifecycle`   what an event makes of it (pure)
- `escalation`  how long it may wait for whom (pure)
- `store`       its rows
- `handling`    one event, one transaction
- `facts`       what others are told
- `views`       what screens show
"""
