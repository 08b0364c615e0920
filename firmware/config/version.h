/* version.h - the firmware's version, after semver.org. CHANGELOG.md says what is in it. */
#ifndef CONFIG_VERSION_H
#define CONFIG_VERSION_H

#define JEMBATAN_VERSION "0.1.0"

#endif
