"""Meal orders, meal points and couriers.

- `model`      orders, meal points, couriers' boxes
- `demand`     orders → tasks, meal points and couriers of the problem (pure)
- `reports`    loaded, delivered, refused, no answer: what a report does to an order (pure)
- `reporting`  the shell: one report, one transaction, told once
- `store`      SQL
- `brought`   meals that a visit brings: one stop instead of two (pure)
- `handing`   SQL of the meals that visits bring; see `scheduler.meals.brought`
"""
