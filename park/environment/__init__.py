"""Environment: air, gas, odour, water and weather."""
