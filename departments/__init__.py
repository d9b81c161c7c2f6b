"""The example city: one folder a department, the matters it decides, and sample applications."""
