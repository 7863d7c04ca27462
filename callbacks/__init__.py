"""What happens when: one thin file a panel."""
