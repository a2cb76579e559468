"""The rolling week: on which days what is agreed "so many times a week" is done, and by whom.

`model` says what a week is, `checking` whether a choice keeps its rules, `booking` who still has
room, `explaining` why something has no place. `scheduler.week.choosing.solving` makes the choice.
"""
