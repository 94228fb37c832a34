#ifndef CSTOREFAULTS_H
#define CSTOREFAULTS_H

#include <stdint.h>

// A file layer (VFS) of SQLite for tests that forgets at a power cut what was not synchronised.
//
// Writes are kept in memory until the file is synchronised; reads see them. At the cut each write that
// was not synchronised is dropped, written, or written in part, sector by sector, as a disk does that
// was writing; from then on every call fails. One layer, one user at a time.

/// Registers the layer under the name "power-cut", once; 0, or the error of SQLite.
int cstorefaults_register(void);

/// From now on: cuts at the given write or synchronisation, counted from 1 (0: never), with chance from
/// `seed`. Forgets every earlier cut.
void cstorefaults_arm(int64_t cut, uint64_t seed);

/// Writes and synchronisations since it was armed.
int64_t cstorefaults_count(void);

/// Whether the power is off.
int cstorefaults_isCut(void);

#endif
