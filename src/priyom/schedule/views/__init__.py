"""The doors of the schedule: a day, a week, a month, the plan, the calendar file."""
