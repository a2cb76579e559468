"""Areas: city › district › street › community › grid. Every record belongs to one."""
