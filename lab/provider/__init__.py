"""Where machines come from: Vagrant with Docker or libvirt, or this very machine."""
