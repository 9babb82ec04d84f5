# What llama.cpp needs of each compiler. CMake includes this file behind every `project()` of llama.cpp's
# (CMAKE_PROJECT_INCLUDE in .cargo/config.toml, which llama-cpp-sys-2 passes on).

# llama-cpp-sys-2 links GCC's OpenMP library. Clang's OpenMP needs another one, so llama.cpp uses its own threads there.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(GGML_OPENMP OFF CACHE BOOL "GCC only" FORCE)
endif()

# GCC's headers are wrapped where they are wrong; see the headers.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    include_directories(BEFORE "${CMAKE_CURRENT_LIST_DIR}/include")
endif()

# llama.cpp's own threads spin while they wait for each other. MSVC has no -include, and keeps that.
if(NOT GGML_OPENMP AND NOT MSVC)
    add_compile_options("$<$<COMPILE_LANGUAGE:C>:-include${CMAKE_CURRENT_LIST_DIR}/wait.h>")
endif()
