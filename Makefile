# What a person types; each target is one command that can be typed as well.
.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: lab
lab: ## a cloud of one control and two compute machines on this host, proven from end to end
	./install_requirements.sh --lab
	images/build.sh
	images/build.sh machine
	./dslab up

.PHONY: cloud
cloud: ## a cloud on this machine, with a server in it that answers on its floating IP
	./install_requirements.sh
	images/build.sh
	./runds.sh
	./dscli.sh first_vm

.PHONY: test
test: ## proves what is there: the lab of `make lab`, else the cloud of this machine
	tests/prove.sh

.PHONY: images
images: ## builds all images; resumes, and costs seconds when nothing changed
	images/build.sh

.PHONY: box
box: images ## what the lab boots: the machine image, its store of images, and the box for libvirt
	images/build.sh machine box

.PHONY: offline
offline: box ## one file with all that a lab needs on a machine without network: build/dietstack-*-offline.tar.gz
	images/offline/pack

.PHONY: lock
lock: ## refreshes the locked versions of the OpenStack image
	images/openstack/lock.sh

.PHONY: bench
bench: ## measures what docs/performance.md reports
	tests/tox.sh -e bench

.PHONY: destroy
destroy: ## takes the cloud off this machine again
	./destroyds.sh
