"""What people see: shapes, lines, timeline, wording. Reads only."""
