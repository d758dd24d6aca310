"""What ``manage.py benchmark`` measures, by name, and the database it measures in."""
