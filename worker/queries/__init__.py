"""What the worker asks the database: causes of alerts, days a sweep is due for."""
